import { CLASSES, type Concerned, type IssueGroup, MENDS, type Problem, type SnoozeView } from "../../api/bindings";
import type { Sort } from "../../ui/table/HeaderCell";
import { causeTitles, whoWords } from "../../words/causes";
import { workloadWords } from "../../words/nouns";
import { t } from "../../words/t";
import type { IssuesSearch } from "./search";

/** What a problem is called. */
export function title({ cause }: Problem): string {
  return causeTitles[cause];
}

/** Who can fix it. */
export function who({ cause }: Problem): string {
  return whoWords[MENDS[cause]];
}

/** On which workloads it is. */
export function where({ groups }: Problem): string {
  return [...new Set(groups.map(place))].join(", ");
}

/** On which workload a group is. */
export function place({ workload }: IssueGroup): string {
  return workload === null ? t("issues.notAsked") : workloadWords[workload];
}

/** What Microsoft answered. */
export function answer({ http, code }: IssueGroup): string {
  if (http === null) return code ?? t("issues.noAnswer");
  return code === null ? t("issues.noCode", { http }) : `${http} ${code}`;
}

/** The groups that are one answer on several workloads, in the order of the first of them. */
export function families({ groups }: Problem): ReadonlyArray<readonly [IssueGroup, ...IssueGroup[]]> {
  const found = new Map<string, [IssueGroup, ...IssueGroup[]]>();
  for (const group of groups) {
    const known = found.get(group.family);
    if (known) known.push(group);
    else found.set(group.family, [group]);
  }
  return [...found.values()];
}

export function fingerprints({ groups }: Problem): string[] {
  return groups.map(({ fingerprint }) => fingerprint);
}

/** What was put aside of it, wherever it was. */
export function snoozes({ organizations }: Problem): ReadonlyArray<Concerned & { readonly snooze: SnoozeView }> {
  return organizations.flatMap((one) => (one.snooze === null ? [] : [{ ...one, snooze: one.snooze }]));
}

/** What is left by the filters. What is put aside is out of sight unless it is asked for. */
export function matching(problems: readonly Problem[], filters: IssuesSearch): readonly Problem[] {
  return problems.filter(
    (problem) =>
      problem.snoozed === (filters.aside ?? false) &&
      (filters.who === undefined || MENDS[problem.cause] === filters.who) &&
      (filters.class === undefined || CLASSES[problem.cause] === filters.class),
  );
}

/** In another order than the usual one: new first, and of those what concerns most. */
export function sorted(problems: readonly Problem[], sort: Sort | undefined): readonly Problem[] {
  const direction = sort?.descending ? -1 : 1;
  const compare: Record<string, (a: Problem, b: Problem) => number> = {
    problem: (a, b) => title(a).localeCompare(title(b)),
    users: (a, b) => a.users - b.users,
    since: (a, b) => a.first_seen - b.first_seen,
    last: (a, b) => a.last_seen - b.last_seen,
  };
  const by = sort && compare[sort.column];
  return by ? [...problems].sort((a, b) => direction * by(a, b)) : problems;
}
