/** Tells how far a command is, once it takes more than a second. */
export function progress(what: string, write: (text: string) => void, isTerminal: boolean): Progress {
  let next = performance.now() + (isTerminal ? 1000 : 5000);
  let isShown = false;
  return {
    at(bytes) {
      const now = performance.now();
      if (now < next) return;
      next = now + (isTerminal ? 250 : 5000);
      isShown = true;
      write(isTerminal ? `\r${what}: ${mib(bytes)}` : `${what}: ${mib(bytes)}\n`);
    },
    end() {
      if (isShown && isTerminal) write("\n");
    },
  };
}

export interface Progress {
  at(bytes: number): void;
  end(): void;
}

export function mib(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
