/** That of package.json, which a bundle doesn't carry; a test compares them. */
export const VERSION = "0.1.0";
