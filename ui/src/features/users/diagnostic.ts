import type { UserDetail } from "../../api/bindings";
import { happeningWords } from "../../words/happenings";

/**
 * What a help desk or a vendor asks for about one user, as plain text: names as in the files and the command line, times in UTC. It holds
 * addresses and ids of the user, and no token, secret or content.
 */
export function diagnosticOf({ row, checks, timeline, stuck }: UserDetail): string {
  const { user } = row;
  const facts: Array<[string, string | number | null]> = [
    ["user principal name", user.directory.upn],
    ["object id", user.directory.object_id],
    ["organization", row.organization_name],
    ["access", row.effective_access],
    ["synchronization", row.effective_sync],
    ["mailbox status", stuck ? `${user.mailbox} (stuck)` : user.mailbox],
    ["mailbox status since", moment(user.mailbox_since)],
    ["last session", row.session],
    ["last session at", moment(row.synced)],
    ["failed sessions in a row", row.failing],
    ["access check", row.verdict],
    ["checked at", moment(row.checked)],
  ];
  const open = checks.filter(({ result }) => result.verdict === "failed" || result.verdict === "unknown");
  const issues = open.map(({ result, first_seen }) =>
    [
      `${result.workload}: ${result.verdict}, ${result.cause ?? "no cause"}`,
      ...(result.mailbox === null ? [] : [`mailbox ${result.mailbox}`]),
      `${result.http ?? "no answer"} ${result.code ?? ""}`.trim(),
      `since ${moment(first_seen)}`,
      `request-id ${result.request_id ?? "none"}`,
      `client-request-id ${result.client_request_id ?? "none"}`,
      `at ${moment(result.checked)}`,
    ].join("; "),
  );
  const happened = timeline.slice(0, 10).map(({ at, what }) => `${moment(at)} ${happeningWords(what)}`);
  return [
    ...facts.map(([name, value]) => `${name}: ${value ?? "none"}`),
    "",
    "open issues:",
    ...(issues.length > 0 ? issues : ["none"]),
    "",
    "timeline:",
    ...(happened.length > 0 ? happened : ["none"]),
  ].join("\n");
}

function moment(at: number | null): string {
  return at === null ? "none" : new Date(at).toISOString();
}
