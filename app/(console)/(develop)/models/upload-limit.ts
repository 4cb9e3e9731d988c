/** Largest file that a server action takes, with room for the rest of the form: serverActions.bodySizeLimit of next.config.js. */
export const maxUploadBytes = 15.5 * 2 ** 20;
