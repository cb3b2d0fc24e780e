// As an entry of the bundle, this gives zod a chunk of its own, which is loaded in a step of its own. One export is
// enough for that: what nothing uses of the others stays out.
export { object } from "zod";
