import "reflect-metadata";
import type { DynamicModule, FactoryProvider, Provider, ValueProvider } from "@nestjs/common";
import { accountRoutes } from "./accounts/account-routes.ts";
import { auditRoutes } from "./audit/audit-routes.ts";
import { changeRoutes } from "./changes/change-routes.ts";
import { deviceRoutes } from "./devices/device-routes.ts";
import { environmentRoutes } from "./environments/environment-routes.ts";
import { recordRoutes } from "./environments/record-routes.ts";
import { sharingRoutes } from "./environments/sharing-routes.ts";
import { exportRoutes } from "./export/export-routes.ts";
import type { Pepper } from "./keys/pepper.ts";
import { inviteRoutes } from "./people/invite-routes.ts";
import { tokenRoutes } from "./people/token-routes.ts";
import { PublicController } from "./public-controller.ts";
import type { Sign } from "./storage/changes.ts";
import type { Database } from "./storage/database.ts";
import {
  ACCOUNT_ROUTES,
  AUDIT_ROUTES,
  CHANGE_ROUTES,
  DATABASE,
  DEVICE_ROUTES,
  ENVIRONMENT_ROUTES,
  EPOCH,
  EXPORT_ROUTES,
  PEOPLE_ROUTES,
  PEPPER,
  SETTINGS,
  SIGN,
} from "./tokens.ts";

/*
 * Modules are written as data, and not with decorators: Node runs this folder as it stands, and decorators are the one
 * thing of Nest that it can't (docs/decisions/0015).
 */

class AccountsModule {}
class DevicesModule {}
class EnvironmentsModule {}
class PeopleModule {}
class AuditModule {}
class ChangesModule {}
class ExportModule {}
class CommonModule {}
class AppModule {}

const MODULES: readonly DynamicModule[] = [
  routes(AccountsModule, {
    provide: ACCOUNT_ROUTES,
    inject: [DATABASE, PEPPER, SIGN, SETTINGS],
    useFactory: accountRoutes,
  }),
  routes(DevicesModule, { provide: DEVICE_ROUTES, inject: [DATABASE, PEPPER, SIGN], useFactory: deviceRoutes }),
  routes(EnvironmentsModule, {
    provide: ENVIRONMENT_ROUTES,
    inject: [DATABASE, SIGN, SETTINGS],
    useFactory: (database: Database, sign: Sign, settings) => [
      ...environmentRoutes(database, sign, settings),
      ...recordRoutes(database, sign, settings),
      ...sharingRoutes(database),
    ],
  }),
  routes(PeopleModule, {
    provide: PEOPLE_ROUTES,
    inject: [DATABASE, PEPPER, SIGN],
    useFactory: (database: Database, pepper: Pepper, sign: Sign) => [
      ...inviteRoutes(database, sign),
      ...tokenRoutes(database, pepper, sign),
    ],
  }),
  routes(AuditModule, { provide: AUDIT_ROUTES, inject: [DATABASE, SIGN], useFactory: auditRoutes }),
  routes(ChangesModule, { provide: CHANGE_ROUTES, inject: [DATABASE, EPOCH], useFactory: changeRoutes }),
  routes(ExportModule, { provide: EXPORT_ROUTES, inject: [DATABASE, EPOCH], useFactory: exportRoutes }),
];

/** The tokens under which the modules hand out their operations. */
export const ROUTE_TOKENS = [
  ACCOUNT_ROUTES,
  DEVICE_ROUTES,
  ENVIRONMENT_ROUTES,
  PEOPLE_ROUTES,
  AUDIT_ROUTES,
  CHANGE_ROUTES,
  EXPORT_ROUTES,
] as const;

/** The whole server: `common` is what was opened before, and `sealed` makes of all operations what the controller needs. */
export function appModule(common: readonly Provider[], sealed: readonly Provider[]): DynamicModule {
  const tokens = common.map((provider) => (typeof provider === "function" ? provider : provider.provide));
  return {
    module: AppModule,
    imports: [{ module: CommonModule, global: true, providers: [...common], exports: tokens }, ...MODULES],
    providers: [...sealed],
    controllers: [PublicController],
  };
}

function routes(module: DynamicModule["module"], provider: ValueProvider | FactoryProvider): DynamicModule {
  return { module, providers: [provider], exports: [provider.provide] };
}
