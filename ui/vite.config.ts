import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The window loads relative files from its own scheme, so nothing may be fetched from elsewhere and nothing inlined as data:
// the content security policy allows neither.
export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { port: 5173, strictPort: true },
  build: { target: "safari15", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1200 },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    testTimeout: 30_000,
  },
});
