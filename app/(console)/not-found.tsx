import { NothingHerePage } from "#components/shell/not-found-page.tsx";

export default NothingHerePage;
