// Loaded by `npm test`: property tests draw the same cases each time, so that a red run is about the change. To look for
// new counterexamples, set SEED, or run a test file by itself.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 20_261_123) });
