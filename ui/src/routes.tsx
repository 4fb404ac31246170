import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  retainSearchParams,
} from "@tanstack/react-router";
import * as v from "valibot";
import { consentSearch } from "./features/consent/search";
import { integrationsSearch } from "./features/integrations/search";
import { issuesSearch } from "./features/issues/search";
import { mailboxesSearch } from "./features/mailboxes/search";
import { organizationsSearch } from "./features/organizations/search";
import { accessSearch } from "./features/scope/search";
import { settingsSearch } from "./features/settings/search";
import { Shell } from "./features/shell/Shell";
import { usersSearch } from "./features/users/search";
import { verifySearch } from "./features/verify/search";
import { welcomeSearch } from "./features/welcome/search";
import { maybe } from "./lib/place";

const scopeSearch = v.object({ org: maybe(v.number()) });

const root = createRootRoute({
  component: Shell,
  validateSearch: scopeSearch,
  search: { middlewares: [retainSearchParams(["org"])] },
});

// Each page is read from disk when it is first shown. Features don't know each other: what two of them show, the details
// of a user, is handed in here.
const page = lazyRouteComponent;
const mailboxes = async () => {
  const [{ MailboxesPage }, { UserPanel }] = await Promise.all([
    import("./features/mailboxes/MailboxesPage"),
    import("./features/users/UserPanel"),
  ]);
  return { default: () => <MailboxesPage Details={UserPanel} /> };
};
const verification = async () => {
  const [{ VerifyPage }, { UserPanel }] = await Promise.all([
    import("./features/verify/VerifyPage"),
    import("./features/users/UserPanel"),
  ]);
  return { default: () => <VerifyPage Details={UserPanel} /> };
};
const issues = async () => {
  const [{ IssuesPage }, { UserPanel }] = await Promise.all([
    import("./features/issues/IssuesPage"),
    import("./features/users/UserPanel"),
  ]);
  return { default: () => <IssuesPage Details={UserPanel} /> };
};

const below = { getParentRoute: () => root };
const routes = root.addChildren([
  createRoute({
    ...below,
    path: "/",
    component: page(() => import("./features/overview/OverviewPage"), "OverviewPage"),
  }),
  createRoute({
    ...below,
    path: "/welcome",
    component: page(() => import("./features/welcome/WelcomePage"), "WelcomePage"),
    validateSearch: welcomeSearch,
  }),
  createRoute({
    ...below,
    path: "/organizations",
    component: page(() => import("./features/organizations/OrganizationsPage"), "OrganizationsPage"),
    validateSearch: organizationsSearch,
  }),
  createRoute({
    ...below,
    path: "/users",
    component: page(() => import("./features/users/UsersPage"), "UsersPage"),
    validateSearch: usersSearch,
  }),
  createRoute({ ...below, path: "/mailboxes", component: page(mailboxes), validateSearch: mailboxesSearch }),
  createRoute({
    ...below,
    path: "/permissions",
    component: page(() => import("./features/consent/ConsentPage"), "ConsentPage"),
    validateSearch: consentSearch,
  }),
  createRoute({ ...below, path: "/verification", component: page(verification), validateSearch: verifySearch }),
  createRoute({
    ...below,
    path: "/scope",
    component: page(() => import("./features/scope/ScopePage"), "ScopePage"),
    validateSearch: accessSearch,
  }),
  createRoute({ ...below, path: "/issues", component: page(issues), validateSearch: issuesSearch }),
  createRoute({
    ...below,
    path: "/integrations",
    component: page(() => import("./features/integrations/IntegrationsPage"), "IntegrationsPage"),
    validateSearch: integrationsSearch,
  }),
  createRoute({
    ...below,
    path: "/settings",
    component: page(() => import("./features/settings/SettingsPage"), "SettingsPage"),
    validateSearch: settingsSearch,
  }),
]);

/** The pages and their addresses. The window has no server, so the address lives behind the hash. */
export function newRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({ routeTree: routes, history, defaultPreload: false });
}

declare module "@tanstack/react-router" {
  // So that places and their search are checked wherever somebody goes to one.
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
