/** The earliest event time there can be, as a materialisation begins with the first row. */
export const firstEventText = "1684-07-28T00:12:25.259009Z";
