import { someId, temporaryFolder } from "../sample.ts";
import { storeConformance } from "../store-conformance.ts";
import { connect, newDevice } from "./fixtures/remote-client.ts";
import { ServerDouble } from "./fixtures/server-double.ts";

const device = newDevice();

storeConformance(
  async (t) => {
    const server = await ServerDouble.start(t);
    const account = someId();
    server.accounts.enrol(account, device.id, device.secret);
    return async () => connect(t, server, { folder: await temporaryFolder(t), account, device }).store;
  },
  { device: device.id, restores: false },
);
