/**
 * Whether a program that is no interpreter starts what its arguments say, by options or by a language of its own. By plain
 * name (see program-path.ts), and by the known ways only, like all that a policy reads.
 */
export function startsWhatItIsTold(name: string, args: readonly string[]): boolean {
  return BY_NAME.get(name)?.(args) ?? false;
}

type Test = (args: readonly string[]) => boolean;

const any =
  (pattern: RegExp): Test =>
  (args) =>
    args.some((arg) => pattern.test(arg));

/** Settings that name a program, or where to find more of them. */
const GIT_SETTINGS = new RegExp(
  [
    "^(alias|pager|filter|credential|include|includeif|protocol|difftool|mergetool|browser|man)\\.",
    "^core\\.(pager|editor|fsmonitor|sshcommand|hookspath|askpass|gitproxy|attributesfile|alternaterefscommand)",
    "^(sequence\\.editor|interactive\\.difffilter|diff\\.external)|^(remote|uploadpack)\\..*(pack|hook)",
    "^(diff|merge|trailer|gpg|sendemail|submodule|guitool|tar)\\..*(textconv|command|cmd|driver|program|update)",
  ].join("|"),
  "i",
);

const git: Test = (args) => {
  const sets = args.some((arg, at) => {
    const isValue = /^(-c|--config-env)$/.test(args[at - 1] ?? "");
    return GIT_SETTINGS.test(isValue ? arg : (/^(?:-c|--config-env=)(.+)/.exec(arg)?.[1] ?? ""));
  });
  const words = args.filter((arg) => !arg.startsWith("-"));
  const verb = GIT_VERBS.find(({ starts }) => words.includes(starts));
  return sets || any(/^(--upload-pack|--receive-pack|--exec)(=|$)|^ext::/)(args) || (verb?.runs(args) ?? false);
};

const GIT_VERBS: readonly { readonly starts: string; readonly runs: Test }[] = [
  { starts: "rebase", runs: any(/^-x/) },
  { starts: "difftool", runs: any(/^(-x|--extcmd)/) },
  { starts: "grep", runs: any(/^(-O|--open-files-in-pager)/) },
  { starts: "bisect", runs: (args) => args.includes("run") },
  { starts: "submodule", runs: (args) => args.includes("foreach") },
  { starts: "filter-branch", runs: () => true },
];

/** `e` as a command, or as a flag of `s`. */
const sed = any(/(^|[\s;{}$/0-9!])(e(\s|$)|s([^\w\s\\])(?:(?!\4).)*\4(?:(?!\4).)*\4[gpiImM0-9]*e)/s);
const archive = any(
  /^--(checkpoint-action|use-compress-program|to-command|info-script|new-volume-script|rsh-command)|^-[a-zA-Z]*[IF]/,
);
const make = any(/^(--eval|-E|SHELL=)|\$[({]shell\b|^--(file|makefile)=-$|^(-f)?(-|\/dev\/(stdin|fd\/.*))$/);
const editor = any(/^(-[cS]|--cmd|-[a-zA-Z]*c$|-s$|\+\D)/);
const ssh = any(/(proxy|local|knownhosts)command|pkcs11provider|^-F/i);
const compiler = any(/^(-wrapper|-fplugin|-B|--?specs)/);

/** `-e ssh`, with a port or a key, is what everybody writes. */
const rsync: Test = (args) =>
  args.some((arg, at) => {
    if (/^--rsync-path/.test(arg)) return true;
    const isNext = /^(--rsh|-[a-zA-Z]*e)$/.test(args[at - 1] ?? "");
    const shell = isNext ? arg : /^(?:--rsh=|-e)(.+)/.exec(arg)?.[1];
    return shell !== undefined && !/^ssh(\s+-[ipl]\s*[\w./@-]+)*$/.test(shell);
  });

const BY_NAME: ReadonlyMap<string, Test> = new Map(
  Object.entries<Test>({
    ...{ git, sed, gsed: sed, rsync, make, gmake: make, ssh, scp: ssh, sftp: ssh },
    ...{ tar: archive, gtar: archive, bsdtar: archive },
    ...{ vim: editor, vi: editor, view: editor, nvim: editor, gvim: editor, vimdiff: editor, ex: editor },
    ...{ gcc: compiler, "g++": compiler, cc: compiler, clang: compiler, "clang++": compiler },
    ed: () => true,
    zip: any(/^(-TT|--unzip-command)/),
    split: any(/^--filter/),
    sort: any(/^--compress-program/),
    less: any(/^\+.*!/),
    man: any(/^(-[PH]|--pager|--html)/),
    sqlite: any(/(^|\s)\.(sh(ell)?|system|load|excel|edit)\b|(^|\s)\.\w+\s+["']?\||readfile|load_extension|edit\s*\(/i),
    psql: any(/\\!|\\\w+\s*\||\bprogram\s*'/i),
    mysql: any(/\\!|^\s*system\b/i),
    dc: any(/!/),
    m4: any(/syscmd/),
    wget: any(/use[-_]askpass/),
    rclone: any(/^--password-command/),
    openssl: any(/^-(engine|provider-path)$/),
    "dpkg-architecture": any(/^(-c|--command)/),
  }),
);
