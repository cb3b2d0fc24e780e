import type { Language, StringKind } from "./language.ts";
import { goImport, pythonImport } from "./needed-import.ts";

/** How a document reads environment variables; undefined = nobody can say. `path` has forward slashes. */
export function languageOf(languageId: string, path: string): Language | undefined {
  const file = path.slice(path.lastIndexOf("/") + 1);
  if (/^\.env(?:\.|$)|\.env$/.test(file) || languageId === "dotenv") return DOTENV;
  if (/\/\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return yaml((name) => `\${{ secrets.${name} }}`);
  if (languageId === "json" || languageId === "jsonc") {
    if (/^\.?devcontainer\.json$/.test(file)) return json((name) => `\${localEnv:${name}}`);
    const isEditors = /\/(?:\.vscode|User)\/[^/]+$|\.code-workspace$/.test(path);
    return json(isEditors ? (name) => `\${env:${name}}` : braces);
  }
  return LANGUAGES[languageId];
}

const braces = (name: string): string => `\${${name}}`;
const SLASHES = [
  ["//", "\n"],
  ["/\\*", "*/"],
] as const;
const HASH = [["#", "\n"]] as const;
/** In the shell and in YAML, a hash inside a word is none. */
const HASH_WORD = [["(?<![^\\s;])#", "\n"]] as const;
const single: StringKind = { open: "'", close: "'", escapes: "c" };

function json(part: (name: string) => string): Language {
  return { comments: SLASHES, strings: [{ open: '"', close: '"', escapes: "c", part }], keys: true };
}

function yaml(part: (name: string) => string): Language {
  // Quotes inside a plain scalar are plain, such as the apostrophe of "don't".
  const strings: StringKind[] = [
    { open: '(?<=[\\s,[{:=-])"', close: '"', escapes: "c", multiline: true, part },
    { open: "(?<=[\\s,[{:=-])'", close: "'", escapes: "doubled", multiline: true, part },
  ];
  return { comments: HASH_WORD, strings, bare: part, keys: true };
}

function javascript(attributes: boolean): Language {
  const expression = (name: string): string => `process.env.${name}`;
  const part = (name: string): string => `\${${expression(name)}}`;
  const inTemplate = (content: string): string => content.replaceAll(/`|\$\{/g, "\\$&");
  const rewrite = (before: string, name: string, after: string): string =>
    `\`${inTemplate(before)}${part(name)}${inTemplate(after)}\``;
  return {
    comments: SLASHES,
    strings: [
      { open: "`", close: "`", escapes: "c", multiline: true, hole: ["${", "}"], part },
      { open: '"', close: '"', escapes: "c", rewrite },
      { open: "'", close: "'", escapes: "c", rewrite },
    ],
    expression,
    keys: true,
    ...(attributes ? { attributes: true as const } : {}),
  };
}

function python(): Language {
  const kinds = (["'''", '"""', "'", '"'] as const).flatMap((quote): StringKind[] => {
    const own = quote[0]!;
    const other = own === "'" ? '"' : "'";
    const part = (name: string): string => `{os.environ[${other}${name}${other}]}`;
    const base = { close: quote, ...(quote.length === 3 ? { multiline: true as const } : {}) };
    const prefix = "(?<![A-Za-z0-9_])";
    const format = (before: string, name: string, after: string, mark: string): string | undefined =>
      /[{}]/.test(before + after) ? undefined : `${mark}${quote}${before}${part(name)}${after}${quote}`;
    return [
      { ...base, open: `${prefix}(?:[fF][rR]|[rR][fF])${quote}`, escapes: "none", part },
      { ...base, open: `${prefix}[fF]${quote}`, escapes: "c", part },
      {
        ...base,
        open: `${prefix}(?:[bB][rR]|[rR][bB])${quote}`,
        escapes: "none",
        whole: (name) => `os.environ["${name}"].encode()`,
      },
      { ...base, open: `${prefix}[bB]${quote}`, escapes: "c", whole: (name) => `os.environ["${name}"].encode()` },
      {
        ...base,
        open: `${prefix}[rR]${quote}`,
        escapes: "none",
        rewrite: (before, name, after) => format(before, name, after, "rf"),
      },
      {
        ...base,
        open: `(?:${prefix}[uU])?${quote}`,
        escapes: "c",
        rewrite: (before, name, after) => format(before, name, after, "f"),
      },
    ];
  });
  return {
    comments: HASH,
    strings: kinds,
    expression: (name) => `os.environ["${name}"]`,
    adjacent: true,
    needs: pythonImport,
  };
}

const SHELL: Language = {
  comments: HASH_WORD,
  strings: [
    { open: "\\$'", close: "'", escapes: "c", multiline: true },
    { open: '"', close: '"', escapes: "shell", multiline: true, hole: ["$(", ")"], part: braces },
    // Closes the quotes around the variable, and opens them again.
    { open: "'", close: "'", escapes: "none", multiline: true, part: (name) => `'"$${name}"'` },
  ],
  skip: "\\\\.",
  hereDocuments: { open: "(?<!<)<<-?[ \\t]*", part: braces },
  expression: (name) => `"$${name}"`,
  bare: (name) => `"$${name}"`,
};

const DOTENV: Language = {
  comments: HASH_WORD,
  strings: [
    { open: '"(?<==[ \\t]*")', close: '"', escapes: "c", multiline: true, part: braces, keepsQuotes: true },
    { open: "'(?<==[ \\t]*')", close: "'", escapes: "none", multiline: true },
  ],
  expression: braces,
  bare: braces,
};

const PROPERTIES: Language = { comments: [["^[ \\t]*[#!;]", "\n"]], strings: [], bare: braces };

const LANGUAGES: Readonly<Record<string, Language>> = {
  javascript: javascript(true),
  javascriptreact: javascript(true),
  typescript: javascript(false),
  typescriptreact: javascript(true),
  python: python(),
  go: {
    comments: SLASHES,
    strings: [
      { open: '"', close: '"', escapes: "c", join: "+" },
      { open: "`", close: "`", escapes: "none", multiline: true, join: "+" },
      single,
    ],
    expression: (name) => `os.Getenv("${name}")`,
    constant: /(?:^|\n)[ \t]*const\b[^\n]*$|(?:^|\n)const \((?:(?!\n\))[\s\S])*$/,
    needs: goImport,
  },
  ruby: {
    comments: HASH,
    strings: [
      {
        open: '"',
        close: '"',
        escapes: "c",
        multiline: true,
        hole: ["#{", "}"],
        part: (name) => `#{ENV.fetch('${name}')}`,
      },
      { open: "'", close: "'", escapes: "single", multiline: true, join: "+" },
    ],
    expression: (name) => `ENV.fetch("${name}")`,
    adjacent: true,
    hereDocuments: { open: "<<[~-]", part: (name) => `#{ENV.fetch('${name}')}` },
  },
  php: {
    comments: [...SLASHES, ["#(?!\\[)", "\n"]],
    strings: [
      { open: '"', close: '"', escapes: "c", multiline: true, join: "." },
      { open: "'", close: "'", escapes: "single", multiline: true, join: "." },
    ],
    expression: (name) => `getenv('${name}')`,
    hereDocuments: { open: "<<<[ \\t]*" },
    constant: /\bconst\b[^;\n]*$|\b(?:public|private|protected|static|var)\b[^;(\n]*=[^;(\n]*$/,
  },
  java: {
    comments: SLASHES,
    strings: [
      { open: '"""', close: '"""', escapes: "c", multiline: true },
      { open: '"', close: '"', escapes: "c", join: "+" },
      single,
    ],
    expression: (name) => `System.getenv("${name}")`,
    constant: /@\w+\s*\([^)\n]*$/,
  },
  kotlin: {
    comments: SLASHES,
    strings: [
      {
        open: '"""',
        close: '"""',
        escapes: "none",
        multiline: true,
        hole: ["${", "}"],
        part: (name) => `\${System.getenv("${name}")}`,
      },
      { open: '"', close: '"', escapes: "c", hole: ["${", "}"], part: (name) => `\${System.getenv("${name}")}` },
      single,
    ],
    expression: (name) => `System.getenv("${name}")`,
    constant: /\bconst\b[^\n]*$|@\w+\s*\([^)\n]*$/,
  },
  csharp: {
    comments: SLASHES,
    strings: [
      // A raw string, and a verbatim one with holes: quotes inside them depend on the compiler's version.
      { open: '\\$*"""', close: '"""', escapes: "none", multiline: true },
      { open: '(?:\\$@|@\\$)"', close: '"', escapes: "doubled", multiline: true },
      {
        open: '\\$"',
        close: '"',
        escapes: "c",
        hole: ["{", "}"],
        part: (name) => `{Environment.GetEnvironmentVariable("${name}")}`,
      },
      { open: '@"', close: '"', escapes: "doubled", multiline: true, join: "+" },
      { open: '"', close: '"', escapes: "c", join: "+" },
      single,
    ],
    expression: (name) => `Environment.GetEnvironmentVariable("${name}")`,
    constant: /\bconst\b[^\n]*$|(?:^|\n)\s*\[\s*\w+\s*\([^)\n]*$/,
  },
  rust: {
    comments: SLASHES,
    strings: [
      { open: 'b?r##"', close: '"##', escapes: "none", multiline: true },
      { open: 'b?r#"', close: '"#', escapes: "none", multiline: true },
      { open: 'b?r"', close: '"', escapes: "none", multiline: true },
      { open: 'b?"', close: '"', escapes: "c", multiline: true },
    ],
    skip: "'(?:\\\\.|[^'\\\\])'",
    expression: (name) => `std::env::var("${name}").expect("${name} is not set")`,
    constant: /\b(?:const|static)\b[^\n]*$/,
  },
  shellscript: SHELL,
  powershell: {
    comments: [["<#", "#>"], ...HASH_WORD],
    strings: [
      { open: '@"[ \\t]*\\r?\\n', close: '\n"@', escapes: "none", multiline: true, part: (name) => `\${env:${name}}` },
      { open: "@'[ \\t]*\\r?\\n", close: "\n'@", escapes: "none", multiline: true },
      { open: '"', close: '"', escapes: "doubled", multiline: true, part: (name) => `\${env:${name}}` },
      { open: "'", close: "'", escapes: "doubled", multiline: true },
    ],
    expression: (name) => `$env:${name}`,
  },
  dockerfile: {
    comments: [["^[ \\t]*#", "\n"]],
    strings: [
      { open: '"', close: '"', escapes: "shell", part: braces },
      { open: "'", close: "'", escapes: "none" },
    ],
    expression: (name) => `"\${${name}}"`,
    bare: braces,
  },
  yaml: yaml(braces),
  dockercompose: yaml(braces),
  toml: {
    comments: HASH,
    strings: [
      { open: '"""', close: '"""', escapes: "c", multiline: true, part: braces },
      { open: "'''", close: "'''", escapes: "none", multiline: true, part: braces },
      { open: '"', close: '"', escapes: "c", part: braces },
      { open: "'", close: "'", escapes: "none", part: braces },
    ],
  },
  properties: PROPERTIES,
};
