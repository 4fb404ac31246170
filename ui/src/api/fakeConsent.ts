import type { Authorization, ConsentRow, GrantLine, RolesRead } from "./bindings";
import { atBrowser, type Desk, refused, type Verbs } from "./fakeDesk";
import { scopedRows } from "./fakeScope";
import { guid, limitations, matrix, NOW, needed } from "./fakeWorld";

function rolesNow({ scoped, rolesRead }: Desk["options"]): RolesRead {
  if (rolesRead) return rolesRead;
  if (scoped === undefined || scoped === "missing") return { kind: "never" };
  return { kind: scoped === "untold" ? "script_untold" : "read", at: NOW - 60_000 };
}

function isGranted({ state, whom }: ConsentRow): boolean {
  return state !== "missing" && whom?.kind === "everyone";
}

/** The matrix, and what the backend would count of it. */
export function consentOf(desk: Desk) {
  const rows = scopedRows(matrix(desk.missing), desk.options.scoped);
  const required = rows.filter((row) => row.required && !row.optional);
  const lacking = required.filter((row) => row.state !== "given_by_role" && !isGranted(row));
  const voids = rows.some((row) => row.by_role !== null && !isGranted(row));
  const unknown = lacking.every(({ state }) => state === "unknown");
  const authorization: Authorization = lacking.length === 0 ? "authorized" : unknown ? "unknown" : "partly_authorized";
  return {
    rows,
    authorization,
    granted: required.length - lacking.length,
    required: required.length,
    by_role: lacking.filter((row) => row.by_role !== null).length,
    page: voids ? null : ("registered" as const),
  };
}

/** What is asked of permissions. */
export function consentVerbs(desk: Desk): Verbs {
  const secret = { kind: "secret" as const, key_id: guid(92), name: "2026", ends: NOW + 12 * 86_400_000 };
  const consentView = () => {
    const { authorization, rows, page } = consentOf(desk);
    return {
      consent: {
        authorization,
        rows,
        features_off: needed.slice(0, desk.missing).flatMap((wanted) => wanted.feature ?? []),
      },
      page,
      read_at: NOW - 120_000,
      error: null,
      limitations,
      others: [],
      roles: rolesNow(desk.options),
      scoped_by: ["Contoso EU"],
      approval: {
        app: {
          id: guid(90),
          display_name: "Revenue Grid",
          enabled: true,
          assignment_required: false,
          disabled_by_microsoft: null,
          owner: guid(91),
        },
        assigned: { kind: "read" as const, value: { users: 0, groups: 0, names: [] } },
        registered: { kind: "read" as const, value: { kind: "here" as const, credentials: [secret] } },
        policies: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "Policy.Read.All" } },
        history: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "AuditLog.Read.All" } },
      },
      credentials: [{ credential: secret, state: "ends_soon" as const }],
      tenant: {
        settings: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "Policy.Read.All" } },
        requests: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "ConsentRequest.Read.All" } },
        roles: ["global_administrator" as const],
        read_at: NOW - 120_000,
      },
      own: [],
      requests: [],
      may: { graph_roles: null, others: null },
    };
  };
  return {
    "consent.show": consentView,
    "consent.read": consentView,
    "consent.preview": ({ wanted }) => {
      const lines = (names: readonly string[]) => ({ total: names.length, first: names.map(grantLine) });
      const held = matrix(desk.missing).filter((row) => row.whom !== null);
      const named = "permissions" in wanted ? wanted.permissions.map(({ name }) => name) : [];
      const added =
        wanted.kind === "grant"
          ? named
          : wanted.kind === "grant_missing"
            ? needed.slice(0, desk.missing).map(({ name }) => name)
            : [];
      const dropped =
        wanted.kind === "revoke" ? named : wanted.kind === "revoke_all" ? held.map(({ name }) => name) : [];
      return {
        tenant: "Contoso",
        integration: "Revenue Grid",
        added: lines(added),
        dropped: lines(dropped),
        kept: lines(held.map(({ name }) => name).filter((name) => !dropped.includes(name))),
        makes_app: false,
        writes: added.length + dropped.length,
        foreseen: true,
        asks: ["AppRoleAssignment.ReadWrite.All"],
        roles: ["privileged_role_administrator", "global_administrator"],
        refused: desk.options.refused ?? null,
        open: null,
        seal: "1",
      };
    },
    "consent.apply": async ({ change }, { onProgress }) => {
      onProgress?.({ kind: "written", done: 1, total: 1 });
      await desk.wait();
      const added = change.wanted.kind === "grant_missing" ? needed.slice(0, desk.missing).map(({ name }) => name) : [];
      if (change.wanted.kind === "grant_missing") desk.missing = 0;
      desk.changed();
      return {
        added: added.map(grantLine),
        dropped: [],
        failed: [],
        settling: [],
        untouched: 0,
        entry: 7,
        consent: consentView(),
      };
    },
    "consent.export": () => ({ text: "api,type,permission\r\n" }),
    "consent.export_users": () => ({ text: "upn,name\r\n" }),
    "consent.users": ({ which, offset, limit }) => {
      const all = Array.from({ length: 2_000 }, (_, index) => ({
        user: index + 1,
        object_id: guid(1_000 + index),
        upn: `person${index}@contoso.example`,
        display_name: `Person ${index}`,
        missing: index % 4 === 0 ? ["Mail.Send"] : [],
        own: ["Mail.ReadWrite"],
      }));
      const meant = all.filter((row) => which === "all" || (which === "missing") === row.missing.length > 0);
      return {
        needed: ["Mail.ReadWrite", "Mail.Send"],
        for_everyone: [],
        counts: { complete: 1_500, partly: 500, nothing: 0 },
        matching: meant.length,
        rows: meant.slice(offset, offset + limit),
        read_at: NOW,
        error: null,
      };
    },
    "consent.grant": async (_, { onProgress, signal }) => {
      onProgress?.(atBrowser({ kind: "consent" }, "https://login.example/adminconsent?client_id=1"));
      await desk.options.consented;
      for (let turn = 0; turn < 20; turn += 1) {
        await desk.wait();
        if (signal?.aborted) throw refused("sign_in_cancelled");
      }
      onProgress?.({ kind: "reading_back" });
      await desk.wait();
      const added = desk.options.unchanging ? 0 : desk.missing;
      desk.missing -= added;
      desk.changed();
      return { ...consentView(), added, removed: 0 };
    },
  };
}

function grantLine(name: string): GrantLine {
  return {
    grant: { api: { kind: "known", id: "graph" }, type: "application", name, grantee: { kind: "everyone" } },
    api_name: "Microsoft Graph",
    upn: null,
    risk: "high",
    feature: null,
    beyond: needed.some((wanted) => wanted.name === name) ? null : { kind: "excess" },
  };
}
