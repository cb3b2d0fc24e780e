import { z } from "zod";
import type { DevicesAnswer } from "#core/store/contract.ts";
import { provenBy, requireProof } from "../accounts/login-check.ts";
import type { Pepper } from "../keys/pepper.ts";
import { Problem } from "../problem.ts";
import { bytes, id, newDevice } from "../sealed/fields.ts";
import { baseRoute, deviceRoute } from "../sealed/route.ts";
import { readLogin } from "../storage/accounts.ts";
import { changeLog, lockAccountOnce, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { addDevice, deleteDevice, listDevices } from "../storage/devices.ts";
import { forgetLoginTries } from "../storage/login-failures.ts";
import type { Routes } from "../tokens.ts";
import { unknownAccountTries } from "./unknown-account-tries.ts";

export function deviceRoutes(database: Database, pepper: Pepper, sign: Sign): Routes {
  const logChange = changeLog(database.dialect, sign);
  const countUnknown = unknownAccountTries();

  return [
    baseRoute({
      method: "POST",
      path: "/devices",
      summary:
        "Enrols a device by the proof of the master password or the recovery code. Five failures close the account's door for 15 minutes.",
      body: z.strictObject({ account: id, proof: bytes(32, 32), device: newDevice }),
      async handle({ body: { account, proof, device }, time, once }) {
        const login = await database.read((tx) => readLogin(tx, account));
        if (login === undefined) {
          countUnknown(account, time);
          provenBy(pepper, account, proof, undefined); // the same work as for one that is there
          throw new Problem("unauthorized");
        }
        const by = await requireProof({ database, pepper, sign }, account, proof, { who: device.id, time });

        const wrappedSecret = pepper.wrapDeviceSecret(account, device.id, device.secret);
        await database.write(async (tx) => {
          const locked = await lockAccountOnce(tx, database.dialect, account, once);
          // The password may have been changed since: this proof is of the old one then.
          if (provenBy(pepper, account, proof, await readLogin(tx, account)) !== by) throw new Problem("unauthorized");
          await addDevice(tx, { id: device.id, account, wrappedSecret }, time);
          await forgetLoginTries(tx, account);
          await logChange(tx, locked, { who: device.id, action: ENROLLED[by], time });
        });
        return { status: 201 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/devices",
      summary: "The account's devices.",
      async handle(_, { account }) {
        const answer: DevicesAnswer = { devices: await database.read((tx) => listDevices(tx, account)) };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "DELETE",
      path: "/devices/:device",
      summary: "Ends a device at once.",
      async handle({ params, time, once }, { account, device: who }) {
        await database.write(async (tx) => {
          const locked = await lockAccountOnce(tx, database.dialect, account, once);
          if (!(await deleteDevice(tx, account, params.device))) throw new Problem("not_found");
          await logChange(tx, locked, { who, action: "device.delete", time });
        });
        return { status: 204 };
      },
    }),
  ];
}

const ENROLLED = { password: "device.enrol", recovery: "account.recover" } as const;
