import { expect, test } from "vitest";
import { untouched } from "../../lib/preferences";
import { type Column, isShown, moved, ordered, template } from "./columns";

const column = (id: string, more: Partial<Column<unknown>> = {}): Column<unknown> => ({
  id,
  title: id,
  width: 100,
  render: () => "",
  text: () => "",
  ...more,
});
const columns = [column("name", { fixed: true }), column("mail", { grows: true }), column("kind", { spare: true })];
const ids = (list: ReadonlyArray<Column<unknown>>) => list.map(({ id }) => id);

test("a moved column stays where it was put, and the fixed one stays first", () => {
  const choice = moved(columns, untouched, "kind", -1);
  expect(ids(ordered(columns, choice))).toEqual(["name", "kind", "mail"]);
  expect(ids(ordered(columns, moved(columns, choice, "kind", -1)))[0]).toBe("name");
});

test("a spare column is hidden until it is asked for, another shown until it is hidden", () => {
  expect(columns.map((one) => isShown(one, untouched))).toEqual([true, true, false]);
  const choice = { ...untouched, hidden: ["name", "mail", "kind"] };
  expect(columns.map((one) => isShown(one, choice))).toEqual([true, false, true]);
});

test("the growing column takes the room until a person sets its width", () => {
  expect(template(columns, untouched, true)).toBe("40px 100px minmax(100px, 1fr) 100px");
  expect(template(columns, { ...untouched, widths: { mail: 300 } }, false)).toBe("100px 300px minmax(100px, 1fr)");
});
