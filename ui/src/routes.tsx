import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type RouterHistory,
  retainSearchParams,
} from "@tanstack/react-router";
import * as v from "valibot";
import { ConsentPage } from "./features/consent/ConsentPage";
import { IntegrationsPage, integrationsSearch } from "./features/integrations/IntegrationsPage";
import { IssuesPage, issuesSearch } from "./features/issues/IssuesPage";
import { MailboxesPage, mailboxesSearch } from "./features/mailboxes/MailboxesPage";
import { OrganizationsPage, organizationsSearch } from "./features/organizations/OrganizationsPage";
import { OverviewPage } from "./features/overview/OverviewPage";
import { SettingsPage, settingsSearch } from "./features/settings/SettingsPage";
import { Shell } from "./features/shell/Shell";
import { usersSearch } from "./features/users/search";
import { UserPanel } from "./features/users/UserPanel";
import { UsersPage } from "./features/users/UsersPage";
import { verifySearch } from "./features/verify/search";
import { VerifyPage } from "./features/verify/VerifyPage";
import { WelcomePage, welcomeSearch } from "./features/welcome/WelcomePage";
import { maybe } from "./lib/place";

const scopeSearch = v.object({ org: maybe(v.number()) });

const root = createRootRoute({
  component: Shell,
  validateSearch: scopeSearch,
  search: { middlewares: [retainSearchParams(["org"])] },
});

// Features don't know each other. What two of them show, the details of a user, is handed in here.
const routes = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/", component: OverviewPage }),
  createRoute({
    getParentRoute: () => root,
    path: "/welcome",
    component: WelcomePage,
    validateSearch: welcomeSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organizations",
    component: OrganizationsPage,
    validateSearch: organizationsSearch,
  }),
  createRoute({ getParentRoute: () => root, path: "/users", component: UsersPage, validateSearch: usersSearch }),
  createRoute({
    getParentRoute: () => root,
    path: "/mailboxes",
    component: () => <MailboxesPage Details={UserPanel} />,
    validateSearch: mailboxesSearch,
  }),
  createRoute({ getParentRoute: () => root, path: "/permissions", component: ConsentPage }),
  createRoute({
    getParentRoute: () => root,
    path: "/verification",
    component: () => <VerifyPage Details={UserPanel} />,
    validateSearch: verifySearch,
  }),
  createRoute({ getParentRoute: () => root, path: "/issues", component: IssuesPage, validateSearch: issuesSearch }),
  createRoute({
    getParentRoute: () => root,
    path: "/integrations",
    component: IntegrationsPage,
    validateSearch: integrationsSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/settings",
    component: SettingsPage,
    validateSearch: settingsSearch,
  }),
]);

/** The pages and their addresses. The window has no server, so the address lives behind the hash. */
export function newRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({ routeTree: routes, history, defaultPreload: false });
}
