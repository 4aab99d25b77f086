/** What SARIF 2.1.0 (OASIS) asks of a log, as far as logs of findings have it. */
import assert from "node:assert/strict";

interface SarifLocation {
  readonly id?: number;
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index: number };
    readonly region?: { readonly startLine: number };
  };
  readonly properties: unknown;
}

/** A result: one finding. */
export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly { readonly kind: string; readonly status: string }[];
  readonly taxa?: readonly { readonly id: string; readonly index: number; readonly toolComponent: { readonly index: number } }[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The members of a log that tests look at. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly semanticVersion: string;
        readonly rules: readonly { readonly id: string; readonly name?: string; readonly help?: { readonly text: string } }[];
      };
    };
    readonly taxonomies?: readonly { readonly name: string; readonly taxa: readonly { readonly id: string; readonly helpUri: string }[] }[];
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolConfigurationNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
        readonly associatedRule?: { readonly id: string; readonly index: number };
      }[];
    }[];
    readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
    readonly language?: string;
    readonly columnKind: string;
    readonly results: readonly SarifResult[];
  }[];
}

/** Fails unless a log has what the schema requires, and its references lead to what they name. */
export function assertSarif({ $schema, version, runs }: SarifLog): void {
  assert.match($schema, /^https:\/\/.*\/sarif-schema-2\.1\.0\.json$/);
  assert.equal(version, "2.1.0");
  assert.ok(runs.length > 0);
  for (const { tool, taxonomies = [], invocations, artifacts, language, columnKind, results } of runs) {
    if (language !== undefined) assert.match(language, /^[a-zA-Z]{2}(-[a-zA-Z]{2})?$/);
    const { name, semanticVersion, rules } = tool.driver;
    assert.notEqual(name, "");
    assert.match(semanticVersion, /^\d+\.\d+\.\d+/);
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length, "rules are unique");
    assert.ok(["utf16CodeUnits", "unicodeCodePoints"].includes(columnKind));
    for (const { executionSuccessful, toolConfigurationNotifications } of invocations) {
      assert.equal(typeof executionSuccessful, "boolean");
      for (const { level, message, associatedRule } of toolConfigurationNotifications) {
        assertLevel(level);
        assertMessage(message.text);
        if (associatedRule) assert.equal(rules[associatedRule.index]?.id, associatedRule.id);
      }
    }
    for (const { ruleId, ruleIndex, level, message, locations, relatedLocations = [], suppressions, taxa = [] } of results) {
      assert.equal(rules[ruleIndex]?.id, ruleId);
      assertLevel(level);
      assertMessage(message.text);
      for (const { physicalLocation } of [...locations, ...relatedLocations]) {
        const { artifactLocation, region } = physicalLocation;
        assert.equal(artifacts[artifactLocation.index]?.location.uri, artifactLocation.uri);
        assert.equal(new URL(artifactLocation.uri).href, artifactLocation.uri);
        if (region) assert.ok(Number.isInteger(region.startLine) && region.startLine >= 1);
      }
      const ids = relatedLocations.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, "related locations have ids of their own");
      for (const { kind, status } of suppressions) {
        assert.ok(["inSource", "external"].includes(kind));
        assert.ok(["accepted", "underReview", "rejected"].includes(status));
      }
      for (const { id, index, toolComponent } of taxa) assert.equal(taxonomies[toolComponent.index]?.taxa[index]?.id, id);
    }
  }
}

const assertLevel = (level: string): void => assert.ok(["none", "note", "warning", "error"].includes(level), level);

/** 3.11.5 and 3.11.6: single braces are placeholders, brackets before parentheses are links. */
function assertMessage(text: string): void {
  assert.notEqual(text, "");
  assert.doesNotMatch(text.replaceAll("{{", "").replaceAll("}}", ""), /[{}]/);
  assert.doesNotMatch(text, /\]\(/);
}
