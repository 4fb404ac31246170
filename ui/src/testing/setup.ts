import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// What is waited for comes when it comes: a busy machine is no reason to fail.
configure({ asyncUtilTimeout: 15_000 });

// jsdom lays nothing out and scrolls nothing: every element gets the size of a small window and moves where it is told.
Object.defineProperties(Element.prototype, {
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 1000 },
  scrollTo: {
    configurable: true,
    value(this: Element, to: ScrollToOptions) {
      this.scrollTop = to.top ?? this.scrollTop;
      this.dispatchEvent(new Event("scroll"));
    },
  },
});

// What hides everything behind the open dialog finds nothing visible without a layout, and at times hides the dialog that has the
// focus too. The real window's tests see that it does not there.
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const hidden = target instanceof Element && target.matches("[aria-modal=true][aria-hidden=true]");
    if (hidden && target.contains(document.activeElement)) target.removeAttribute("aria-hidden");
  }
}).observe(document, { attributes: true, attributeFilter: ["aria-hidden"], subtree: true });

document.title = "Rollcall";
document.documentElement.lang = "en";

class StillResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", StillResizeObserver);
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));

afterEach(() => {
  cleanup();
  localStorage.clear();
});
