/** Where the todos can be downloaded; a plain address, so that a link is enough, also without scripts. */
export const EXPORT_HREF = "/api/export";
