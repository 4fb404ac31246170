import { expect, test, vi } from "vitest";
import { newest } from "./age";
import { isGuid } from "./guid";
import { share } from "./numbers";
import { lasted, shortTime } from "./time";

test("nothing is called done before it is", () => {
  expect(share(99_999, 100_000)).toBe("99%");
  expect(share(100_000, 100_000)).toBe("100%");
  expect(share(0, 0)).toBe("0%");
});

test("counts have separators, also where the computer's locale has none", async () => {
  const Format = Intl.NumberFormat;
  vi.spyOn(Intl, "NumberFormat").mockImplementation(function (_, options) {
    return new Format("en-US-u-va-posix", options);
  });
  vi.resetModules();
  const { grouped } = await import("./numbers");
  vi.restoreAllMocks();
  expect(new Format("en-US-u-va-posix").format(8000), "the locale alone").toBe("8000");
  expect([800, 8000, 40_000].map(grouped)).toEqual(["800", "8,000", "40,000"]);
});

test("a length of time is told in its two largest units", () => {
  expect([400, 42_000, 60_000, 125_000, 3_780_000].map(lasted)).toEqual([
    "0 s",
    "42 s",
    "1 min",
    "2 min 5 s",
    "1 h 3 min",
  ]);
});

test("a time of another day carries its day", () => {
  const noon = new Date(2026, 10, 20, 12, 5).getTime();
  expect(shortTime(noon, noon + 60_000)).toBe("12:05");
  expect(shortTime(noon, noon + 86_400_000)).toContain("20");
});

test("the age of data is that of its newest fact", () => {
  expect(newest([null, 5, 9, null, 7])).toBe(9);
  expect(newest([null])).toBeUndefined();
});

test("a GUID is told from a domain and from an object path", () => {
  expect(isGuid(" 8410d572-e055-48e5-b2c7-869538daf671 ")).toBe(true);
  for (const bad of ["contoso.example", "8410d572", "8410d572e05548e5b2c7869538daf671", ""]) {
    expect(isGuid(bad), bad).toBe(false);
  }
});
