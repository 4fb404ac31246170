import type { Deletion, Organization, OrganizationView } from "./bindings";
import { consentOf } from "./fakeConsent";
import { type Desk, membersOf, organizationNamed, refused, type Verbs } from "./fakeDesk";
import { isInitialized } from "./fakeUsers";
import { countsOf, eligibilitiesOf, ledgerOf, limitations, NOW, organizations, tenant } from "./fakeWorld";

/** What is asked of organizations. */
export function organizationVerbs(desk: Desk): Verbs {
  return {
    "practice.examples": async () => {
      await desk.wait();
      const [by_application, by_users] = organizations;
      if (!by_application || !by_users) throw refused("not_found");
      desk.changed();
      return { by_application, by_users };
    },
    "organizations.adjust": ({ organization, permissions }) => {
      const found = organizationNamed(organization);
      found.permissions = permissions;
      desk.changed();
      return found;
    },
    "organizations.list": () => (desk.started ? organizations.map((one) => viewOf(desk, one)) : []),
    "organizations.create": (ask) => ({
      ...ask,
      id: 9,
      tenant: 1,
      sync: "enabled",
      created: NOW,
      rhythm: { every_minutes: 30, failures: 5, paused: NOW },
      acknowledged: null,
      window: null,
    }),
    "organizations.set_window": ({ organization, window }) => {
      const found = organizations.find((one) => one.id === organization);
      if (!found) throw refused("not_found");
      found.window = window;
      desk.changed();
      return found;
    },
    "organizations.foresee": ({ organizations: meant }) =>
      meant.flatMap((id) => (organizations.some((one) => one.id === id) ? [deletionOf(desk, id)] : [])),
    "organizations.delete": ({ organization, force, expected }) => {
      const { belongings, refused: reason } = deletionOf(desk, organization);
      if (reason && !force) throw refused("not_now", reason);
      if (typeof expected === "number" && expected !== belongings.users) throw refused("changed");
      if (desk.options.undeletable === organization) throw refused("offline");
      organizations.splice(
        organizations.findIndex(({ id }) => id === organization),
        1,
      );
      desk.rows = desk.rows.filter((row) => row.user.organization !== organization);
      desk.changed();
      return belongings;
    },
    "organizations.export": ({ organizations: meant, columns }) => ({
      text: `${columns.join(",")}\r\n${meant.join("\r\n")}\r\n`,
      organizations: meant.length,
    }),
    "organizations.change": ({ organization, name, access, sync, every_minutes, failures }) => {
      const found = organizationNamed(organization);
      if (name && organizations.some((one) => one !== found && one.name === name)) throw refused("duplicate_name");
      if (name) found.name = name;
      if (access) found.access = access;
      if (sync) found.sync = sync;
      found.rhythm = {
        ...found.rhythm,
        every_minutes: every_minutes ?? found.rhythm.every_minutes,
        failures: failures ?? found.rhythm.failures,
      };
      desk.changed();
      return found;
    },
    "organizations.acknowledge": ({ organization }) => {
      const found = organizationNamed(organization);
      found.acknowledged = { at: NOW, by: "admin@contoso.example", integration: 1, limitations: [...limitations] };
      desk.changed();
      return found;
    },
  };
}

function deletionOf(desk: Desk, organization: number): Deletion {
  const members = membersOf(desk, organization);
  const checked = members.filter((row) => row.verdict !== "not_run").length;
  return {
    organization,
    belongings: {
      users: members.length,
      initialized: members.filter(isInitialized).length,
      checked,
      runs: desk.runs.filter((run) => run.organization === organization).length,
      sessions: checked,
    },
    refused: members.length > 0 ? "has_users" : null,
    refused_by_force: null,
  };
}

function viewOf(desk: Desk, organization: Organization): OrganizationView {
  const index = organization.id - 1;
  const members = desk.rows.filter((row) => row.user.organization === organization.id);
  const uses_ews = organization.access === "ews_app_only";
  const { authorization, granted, required, by_role, page } = consentOf(desk);
  const { examples } = desk.options;
  const example = examples && ["EXAMPLE-APP", "EXAMPLE-USERS"][index];
  const forgotten = example !== undefined && examples === "forgotten";
  return {
    organization: example ? { ...organization, external_id: example } : organization,
    tenant_name: tenant.name,
    practice: true,
    integration_name: "Revenue Grid",
    preset: "revenue-grid",
    users: members.length,
    mailboxes: countsOf(members),
    eligibility: { ...eligibilitiesOf(members), ...desk.preflighted.get(organization.id) },
    verdicts: ledgerOf(members),
    with_issues: members.filter((row) => row.open_issues > 0).length,
    checked: index === 0 ? NOW - 60_000 : null,
    last_session: index === 0 ? NOW - 120_000 : null,
    consent: {
      authorization,
      granted,
      required,
      by_role,
      page,
      read_at: forgotten ? null : NOW - 120_000,
    },
    last_run: desk.runs.find((run) => run.organization === organization.id) ?? null,
    stages: {
      organization: { state: "done", evidence_at: NOW - 25 * 60_000 },
      consent: { state: authorization === "authorized" ? "done" : "needs_attention", evidence_at: NOW - 120_000 },
      verify: {
        state: index === 0 ? "needs_attention" : "not_started",
        evidence_at: index === 0 ? NOW - 60_000 : null,
      },
    },
    queued: 0,
    window_opens: null,
    acknowledged: organization.acknowledged,
    may: {
      import: null,
      consent: null,
      verify: uses_ews ? "uses_ews" : index === 2 ? "users_must_sign_in" : null,
      sync: members.length === 0 ? "no_users" : null,
      delete: members.length === 0 ? null : "has_users",
    },
  };
}
