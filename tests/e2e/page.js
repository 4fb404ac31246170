// Finds what a person would call "the button Import": by kind and by the name that it shows or tells a screen reader.
const [kind, name] = arguments;
const kinds = {
  button: "button:not([role]),[role=button],input[type=submit]",
  link: "a[href]",
  tab: "[role=tab]",
  box: "input:not([type=radio]):not([type=checkbox]),textarea,button[role=combobox]",
  radio: "input[type=radio]",
  check: "input[type=checkbox]",
  option: "[role=option],[role=menuitem],[role=menuitemradio]",
  cell: "[role=gridcell]",
  header: "[role=columnheader]",
  heading: "h1,h2",
  grid: "[role=grid]",
};
const words = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const called = (element) => {
  const label = element.getAttribute("aria-label");
  if (label) return words(label);
  if (element.labels?.length) return words(element.labels[0].innerText).replace(/ ?\*$/, "");
  const by = element.getAttribute("aria-labelledby");
  if (by) return words(by.split(/\s+/).map((id) => document.getElementById(id)?.innerText).join(" ")).replace(/ ?\*$/, "");
  return words(element.innerText);
};
const isThere = (element) =>
  element.getClientRects().length > 0 &&
  !element.closest("[aria-hidden=true],[inert]") &&
  getComputedStyle(element).visibility !== "hidden";
const all = [...document.querySelectorAll(kinds[kind])].filter((element) => isThere(element));
return all.find((element) => called(element) === name) ?? null;
