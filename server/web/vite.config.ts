import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// relative addresses, so that the service may stand below any path
export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../static/built",
    emptyOutDir: true,
    assetsDir: "",
    manifest: true,
    // fonts stay files, so that each is loaded only where its letters occur
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["src/frame.ts", "src/map.ts", "src/timeline.ts", "src/workbench.ts", "src/graph.ts", "src/control.ts", "src/claim.ts", "src/compare.ts"] },
  },
});
