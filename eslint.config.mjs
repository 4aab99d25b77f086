// @ts-check
/** Lint rules; the folder table of docs/ARCHITECTURE.md is enforced here with `no-restricted-imports`. */
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Folders of src, and what each may import of the others. */
const SOURCES = {
  shared: ["shared"],
  engine: ["engine", "shared"],
  worker: ["engine", "shared"],
  cli: ["engine", "shared", "worker"],
  analysis: ["shared", "worker"],
  views: ["analysis", "ids", "shared"],
  panel: ["analysis", "ids", "shared"],
  commands: ["analysis", "ids", "shared"],
};
const FOLDERS = Object.keys(SOURCES);
const USES_VSCODE = ["analysis", "views", "panel", "commands"];
const USES_NODE = ["worker", "cli"];
/** Types of the host end of the analysis thread may be named where the running thread is handed on. */
const TYPES_OF_WORKER = ["panel", "commands"];

/**
 * @param {string} folder
 * @param {readonly string[]} allowed
 * @returns {import("eslint").Linter.Config}
 */
function importRules(folder, allowed) {
  const forbidden = [...FOLDERS, "ids", "settings", "extension"].filter((name) => name !== folder && !allowed.includes(name));
  const patterns = forbidden.map((name) => ({
    // `../shared/x` from the folder itself, `../../shared/x` from a folder within it.
    regex: `^(?:\\.\\./)+${name}(?:/|$)`,
    message: `src/${folder} does not know src/${name}.`,
    ...(name === "worker" && TYPES_OF_WORKER.includes(folder) ? { allowTypeImports: true } : {}),
  }));
  if (!USES_VSCODE.includes(folder)) patterns.push({ regex: "^vscode$", message: `src/${folder} does not know the editor.` });
  if (!USES_NODE.includes(folder)) patterns.push({ regex: "^node:", message: `src/${folder} does not know Node.` });
  patterns.push({ regex: "(?:^|/)webview(?:/|$)", message: "The webview is a program of its own." });
  return { files: [`src/${folder}/**/*.ts`], rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] } };
}

/** @param {string} project */
const typed = (project) => ({ languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } } });

export default defineConfig(
  globalIgnores(["src/engine/*/assembly/**", "dist/", "out/", "bench-data/", "test/fixtures/", ".vscode-test/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["src/**/*.ts", "webview/**/*.ts", "test/**/*.ts"],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-eval": "error",
      "no-implied-eval": "off",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      "@typescript-eslint/no-deprecated": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unnecessary-type-arguments": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Counted loops over typed arrays are the plainest way to say it.
      "@typescript-eslint/prefer-for-of": "off",
      // Tables of members read best as they are written in their file format.
      "@typescript-eslint/consistent-indexed-object-style": "off",
    },
  },
  { files: ["src/**/*.ts"], ...typed("tsconfig.host.json") },
  { files: ["webview/**/*.ts"], ...typed("tsconfig.webview.json") },
  { files: ["test/**/*.ts"], ...typed("tsconfig.test.json") },
  Object.entries(SOURCES).map(([folder, allowed]) => importRules(folder, allowed)),
  {
    files: ["src/ids.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": ["error", { patterns: [{ regex: ".", message: "src/ids.ts imports nothing." }] }],
    },
  },
  {
    files: ["webview/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "^(?:\\.\\./)+src/(?!shared/)", message: "The webview knows nothing of src but src/shared." },
            { regex: "^(?:node:|vscode$)", message: "The webview runs in a page." },
          ],
        },
      ],
    },
  },
  // The command line talks to a terminal; tests and benchmarks print what they measured.
  { files: ["src/cli/**/*.ts", "test/**/*.ts"], rules: { "no-console": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "off",
    },
  },
  {
    files: ["**/*.mjs"],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    ...typed("tsconfig.scripts.json"),
    rules: {
      eqeqeq: "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-undef": "off", // the type checker knows Node's globals
      // What JSON.parse and child processes give is looked at by the script that asked for it.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
    },
  },
);
