#!/bin/sh
# Creates the root of an image with only the given programs and what they need
# to run: no shell, no package manager.
#
#   deploy/make_root.sh ROOT PROGRAM...
set -eu

root=$1
shift
mkdir -p "$root/etc" "$root/usr/bin" "$root/usr/lib" "$root/usr/share/doc" \
  "$root/var/lib/dpkg/status.d"
# As on Debian: the loader's path, which each program contains, is below one of
# these.
for folder in lib lib64; do
  ln -s "usr/$folder" "$root/$folder"
done

for program; do
  strip --strip-unneeded -o "$root/usr/bin/$(basename "$program")" "$program"
done

# The libraries under the names that the programs load. glibc itself resolves
# host names, from files and by DNS.
libraries=$(ldd "$@" | grep -o '/[^ ]*' | grep -v ':$' | sort -u)
for library in $libraries; do
  target=$root/usr/${library#/usr/}
  mkdir -p "$(dirname "$target")"
  cp -L "$library" "$target"
done

# Their licenses and, for image scanners, the Debian packages that they are from.
# dpkg may know a file by its path from before Debian moved /lib below /usr, so
# query both; one of them matches.
for library in $libraries; do readlink -f "$library"; done | sed 'p; s,^/usr,,' |
  xargs dpkg-query -S 2>/dev/null | cut -d: -f1 | sort -u |
  while read -r package; do
    dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
  done

cp -L /etc/os-release "$root/etc/"
# For runtimes that set the user by name.
echo 'wriftai:x:65532:65532::/:/sbin/nologin' >"$root/etc/passwd"
echo 'wriftai:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
