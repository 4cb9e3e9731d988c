import { NothingHerePage } from "#components/shell/nothing-here.tsx";

export default NothingHerePage;
