import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../src/openline/console/static",
    emptyOutDir: true,
    target: "es2022",
    // Nothing inline: the page's policy allows no inline script, style or data URL script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    license: { fileName: "licenses.md" },
  },
  worker: { format: "es" },
});
