/** The cookie in which a browser keeps the slug of the workspace it is in. It opens nothing: membership is asked of the database. */
export const workspaceCookieName = "leeway-workspace";
