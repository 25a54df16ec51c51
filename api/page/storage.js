/** The browser's storage; where it is forbidden (private windows), memory until the page is left. */

const visit = new Map();

export function kept(name, store = localStorageOrNone()) {
  try {
    return store?.getItem(name) ?? visit.get(name) ?? null;
  } catch {
    return visit.get(name) ?? null;
  }
}

export function keep(name, value, store = localStorageOrNone()) {
  if (value === null) visit.delete(name);
  else visit.set(name, value);
  try {
    if (value === null) store?.removeItem(name);
    else store?.setItem(name, value);
  } catch {
    // Full or forbidden; the map has it.
  }
}

/** Keys and the conversation are kept until the tab is closed. */
export const session = {
  get: (name) => kept(name, sessionStorageOrNone()),
  set: (name, value) => keep(name, value, sessionStorageOrNone()),
};

/** The administrator's token, kept until the tab is closed. */
export const admin = {
  get token() {
    return session.get("wenda-admin-token") || null;
  },
  set token(value) {
    session.set("wenda-admin-token", value);
  },
};

function localStorageOrNone() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function sessionStorageOrNone() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
