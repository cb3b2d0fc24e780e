/** How a language's interpreter takes code that is in no file. */
export interface Interpreter {
  /** Options that carry code. */
  readonly code: RegExp;
  /** Options whose value is the next word. */
  readonly value?: RegExp;
  /** Words by which it debugs. */
  readonly debug?: RegExp;
  /** Words behind which code stands, wherever they are. */
  readonly takes?: RegExp;
  /** First words that are code or a prompt, where it has subcommands. */
  readonly acts?: RegExp;
  /** Options by which it does something without a script. */
  readonly alone?: RegExp;
}

/** Options with which any of them only tells about itself. */
export const STARTS_WITHOUT_CODE = /^(--version|--help|-h|-V|-v|-version|-\?)$/;

const NODE: Interpreter = {
  code: /^(-e|-p|-pe|--eval|--print|-i|--interactive)(=|$)/,
  value:
    /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--title|--max-old-space-size)$/,
  debug: /^--inspect|^inspect$|^--cpu-prof|^--heap-prof|^--heapsnapshot/,
  alone: /^(--test|--run|--check|-c)/,
};

const PYTHON: Interpreter = {
  code: /^-[a-zA-Z]*[ci]/,
  value: /^-[WX]$|^--check-hash-based-pycs$/,
  debug: /^(pdb|ipdb|debugpy|trace)$/,
  takes: /^(-m)?timeit$/,
  alone: /^-m/,
};

const BY_NAME: Readonly<Record<string, Interpreter>> = {
  node: NODE,
  nodejs: NODE,
  electron: NODE,
  tsx: NODE,
  "ts-node": NODE,
  bun: {
    code: /^(-e|-p|--eval|--print)(=|$)/,
    value: /^(-r|--preload|--cwd|-c|--config|--env-file)$/,
    debug: /^--inspect/,
    acts: /^repl$/,
  },
  deno: { code: /^$/, debug: /^--inspect/, acts: /^(eval|repl)$/ },
  python: PYTHON,
  pypy: PYTHON,
  ipython: { code: /^-c|^-i/ },
  jupyter: { code: /^$/, acts: /^console$/ },
  perl: { code: /^-[a-zA-Z0-9]*[eE]|^-[Mm][^;(]*[;(]/, value: /^-[IMm]$/, debug: /^-d/ },
  ruby: { code: /^-(?![IrCEK])[a-zA-Z0-9]*e/, value: /^-[IrC]$/, debug: /^-rdebug|^--debug/ },
  irb: { code: /^./ },
  php: { code: /^-[rBRFEa]|^--run|^--process/, value: /^-[dcz]$/, alone: /^-[SilmsftT]/ },
  lua: { code: /^-[ei]/, value: /^-l$/ },
  luajit: { code: /^-[ei]/, value: /^-l$/ },
  tclsh: { code: /^$/ },
  expect: { code: /^-c/, value: /^-f$/ },
  osascript: { code: /^-[ei]/, value: /^-l$/ },
  rscript: { code: /^-e/ },
  r: { code: /^-e/, alone: /^(CMD|-f|--file)/ },
  julia: { code: /^-[eEi]|^--eval|^--print/, value: /^-[tpJCL]$/ },
  elixir: { code: /^-(e|-eval)|^--rpc-eval/, value: /^-(r|pr|pa|pz|S)$/ },
  iex: { code: /^/ },
  erl: { code: /^-eval$/, alone: /^-(run|s)$/ },
  groovy: { code: /^-[a-z]*e/, value: /^-cp$|^-classpath$/ },
  scala: { code: /^-e/, value: /^-cp$|^-classpath$/ },
  jshell: { code: /^/ },
  ghci: { code: /^/ },
  clojure: { code: /^(-e|-r|--eval|--repl)$/, alone: /^-[XTMA]/ },
  sbcl: { code: /^--(eval|load)$/, alone: /^--script$/ },
  guile: { code: /^-c/ },
  racket: { code: /^-[ei]/ },
  emacs: { code: /^--?(eval|execute|batch)/ },
};

/** By plain name (see program-path.ts). */
export const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map(Object.entries(BY_NAME));
