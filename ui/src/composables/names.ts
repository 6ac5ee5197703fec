// Pure: what the server takes as a name.

const LONGEST = 128

export const isUserName = (name: string): boolean => /^[\w.@+][\w.@+-]*$/.test(name) && name.length <= LONGEST

// Projects and robots: as a part of a repository's name may be.
export const isPathName = (name: string): boolean =>
  /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/.test(name) && name.length <= LONGEST
