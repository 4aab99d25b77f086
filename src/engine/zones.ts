/**
 * Names of time zones as tshark prints them, and what is certain about them. An abbreviation that stands for several
 * offsets today (IST, CST, BST, PST: India/Israel/Ireland, America/China/Cuba, Britain/Bangladesh, Pacific/Philippines)
 * is not in the table: its wall clock is right, its offset unknown unless an epoch column settles it.
 */

/** Abbreviations with one meaning in the IANA database, minutes east of UTC. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  UCT: 0,
  Z: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  NST: -210,
  NDT: -150,
  AST: -240,
  ADT: -180,
  EST: -300,
  EDT: -240,
  MST: -420,
  MDT: -360,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  HDT: -540,
  SAST: 120,
  WAT: 60,
  CAT: 120,
  EAT: 180,
  PKT: 300,
  WIB: 420,
  WITA: 480,
  WIT: 540,
  HKT: 480,
  JST: 540,
  KST: 540,
  AWST: 480,
  ACST: 570,
  ACDT: 630,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  ChST: 600,
  SST: -660,
};

/** Windows zones by the offset of their standard time, without those whose offset changed lately; "Daylight" and "Summer" names are one hour further east. Unicode CLDR, windowsZones. */
const WINDOWS_ZONES: readonly (readonly [offsetMinutes: number, names: string])[] = [
  [-600, "Hawaiian|Aleutian"],
  [-540, "Alaskan"],
  [-480, "Pacific|Pacific (Mexico)"],
  [-420, "Mountain|US Mountain|Mountain (Mexico)|Yukon"],
  [-360, "Central|Central America|Central (Mexico)|Canada Central"],
  [-300, "Eastern|US Eastern|Eastern (Mexico)|SA Pacific|Cuba|Haiti"],
  [-240, "Atlantic|SA Western|Pacific SA|Central Brazilian|Venezuela|Paraguay"],
  [-210, "Newfoundland"],
  [-180, "E. South America|Argentina|SA Eastern|Montevideo|Bahia"],
  [-60, "Azores|Cape Verde"],
  [0, "GMT|Greenwich|Morocco"],
  [60, "W. Europe|Central Europe|Romance|Central European|W. Central Africa"],
  [120, "GTB|E. Europe|FLE|Egypt|South Africa|Israel|Jerusalem|Middle East|Kaliningrad|Libya|Sudan|Namibia"],
  [180, "Turkey|Russian|Russia TZ 2|Arab|Arabic|E. Africa|Belarus"],
  [210, "Iran"],
  [240, "Arabian|Azerbaijan|Georgian|Caucasus|Mauritius"],
  [270, "Afghanistan"],
  [300, "West Asia|Pakistan|Ekaterinburg"],
  [330, "India|Sri Lanka"],
  [345, "Nepal"],
  [360, "Bangladesh|Omsk"],
  [390, "Myanmar"],
  [420, "SE Asia|N. Central Asia|North Asia|Altai"],
  [480, "China|Singapore|Taipei|W. Australia|North Asia East|Ulaanbaatar"],
  [540, "Tokyo|Korea|Yakutsk"],
  [570, "AUS Central|Cen. Australia"],
  [600, "E. Australia|AUS Eastern|Tasmania|Vladivostok|West Pacific"],
  [720, "New Zealand|Fiji"],
];

const windowsOffsets = new Map<string, number>();
for (const [offset, names] of WINDOWS_ZONES) for (const name of names.split("|")) windowsOffsets.set(name.toLowerCase(), offset);

/** Minutes east of UTC of a zone's name, null when it is unknown or has several meanings. */
export function lookUpZone(name: string): number | null {
  // The name comes from the file: `constructor` is no zone.
  if (Object.hasOwn(ABBREVIATIONS, name)) return ABBREVIATIONS[name];
  if (/^coordinated universal time$/i.test(name)) return 0;
  const windows = /^(.+) (standard|daylight|summer) time$/i.exec(name);
  if (!windows) return null;
  const standard = windowsOffsets.get(windows[1].toLowerCase());
  if (standard === undefined) return null;
  return windows[2].toLowerCase() === "standard" ? standard : standard + 60;
}
