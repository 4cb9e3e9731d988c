"use client";

import { IconRocket, IconSearch, IconX } from "@tabler/icons-react";
import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { lazyDialog, OnceOpened } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/link.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { Mark } from "./mark.tsx";
import { footNav, mainNav, type NavItem } from "./nav-items.ts";
import { hideSetUp } from "./set-up-cookie.ts";
import { useShell, type Viewer } from "./shell-context.tsx";
import classes from "./sidebar.module.css";
import { ViewerMenu } from "./viewer-menu.tsx";
import { WaitingCount } from "./waiting-count.tsx";
import { WorkspaceSwitch } from "./workspace-switch.tsx";

const NavigationDrawer = lazyDialog(() => import("./navigation-drawer.tsx").then((module) => module.NavigationDrawer));

const gettingStarted = "/getting-started";

interface SidebarProps {
  viewer: Viewer;
}

/** Renders the navigation: 208 px wide, 56 px on narrower screens, behind the menu button on small ones. */
export function Sidebar(props: SidebarProps) {
  const { menuOpened, setMenuOpened } = useShell();
  const pathname = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place closes the menu
  useEffect(() => setMenuOpened(false), [pathname]);
  return (
    <>
      <aside className={classes.sidebar} data-print="off">
        <Content {...props} />
      </aside>
      <OnceOpened opened={menuOpened}>
        <NavigationDrawer opened={menuOpened} onClose={() => setMenuOpened(false)}>
          <div className={classes.drawer}>
            <Content {...props} />
          </div>
        </NavigationDrawer>
      </OnceOpened>
    </>
  );
}

function Content({ viewer }: SidebarProps) {
  const { workspaces, setPaletteOpened } = useShell();
  const modKey = useModKey();
  return (
    <>
      <div className={classes.head}>
        <Link className={classes.brand} href="/overview" aria-label="Leeway, overview">
          <Mark />
          <span className={classes.name}>Leeway</span>
        </Link>
        <WorkspaceSwitch workspaces={workspaces} />
      </div>
      <button className={classes.search} type="button" onClick={() => setPaletteOpened(true)}>
        <IconSearch size={15} stroke={1.7} aria-hidden="true" />
        <span className={classes.searchLabel}>Search or jump to</span>
        <Keys keys={[`${modKey} K`]} />
      </button>
      <nav className={classes.nav} aria-label="Main">
        <SetUp />
        {mainNav.map((group) => (
          <div className={classes.group} key={group.label ?? "first"}>
            {group.label && <h2 className={classes.groupName}>{group.label}</h2>}
            <ul>
              {group.items.map((item) => (
                <Item item={item} key={item.href} />
              ))}
            </ul>
          </div>
        ))}
        <ul className={classes.foot}>
          {footNav.map((item) => (
            <Item item={item} key={item.href} />
          ))}
        </ul>
      </nav>
      <ViewerMenu viewer={viewer} />
    </>
  );
}

/** Leads to the steps of the set-up until they are done, or hidden in this browser. */
function SetUp() {
  const { setUp, workspaces } = useShell();
  const [isHidden, setHidden] = useState(false);
  const pathname = usePathname();
  if (!setUp || isHidden) return null;
  return (
    <div className={classes.setUp}>
      <Link
        className={classes.item}
        href={gettingStarted}
        aria-current={pathname === gettingStarted ? "page" : undefined}
      >
        <IconRocket size={16} stroke={1.7} aria-hidden="true" />
        <span className={classes.label}>Getting started</span>
        <span className={classes.count}>
          {setUp.done}/{setUp.total}
          <span className="lw-hidden"> steps done</span>
        </span>
      </Link>
      <button
        className={classes.hide}
        type="button"
        aria-label="Hide Getting started"
        title="Hide. Search finds it again."
        onClick={() => {
          hideSetUp(workspaces.current.slug);
          setHidden(true);
        }}
      >
        <IconX size={13} stroke={1.8} aria-hidden="true" />
      </button>
    </div>
  );
}

function Item({ item }: { item: NavItem }) {
  const pathname = usePathname();
  const current = [item.href, item.also].some((path) => path && (pathname === path || pathname.startsWith(`${path}/`)));
  const Icon = item.icon;
  return (
    <li>
      <Link className={classes.item} href={item.href} aria-current={current ? "page" : undefined}>
        <Icon size={16} stroke={1.7} aria-hidden="true" />
        <span className={classes.label}>{item.label}</span>
        <WaitingCount href={item.href} />
      </Link>
    </li>
  );
}
