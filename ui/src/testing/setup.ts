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
