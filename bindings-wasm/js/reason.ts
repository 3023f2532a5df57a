/** Why something failed, in this package's own words: unlike other texts, a log may have them. */
export class Reason extends Error {}
