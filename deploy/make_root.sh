#!/bin/sh
# Makes the root of an image that holds the given programs and what they need
# to run, and nothing else: no shell, no package manager.
#
#   deploy/make_root.sh ROOT PROGRAM...
set -eu

root=$1
shift
mkdir -p "$root/etc" "$root/usr/bin" "$root/usr/lib" "$root/usr/share/doc" \
  "$root/var/lib/dpkg/status.d"
# As Debian has them: the loader's path, which is in each program, is below one
# of them.
for folder in lib lib64; do
  ln -s "usr/$folder" "$root/$folder"
done

for program; do
  strip --strip-unneeded -o "$root/usr/bin/$(basename "$program")" "$program"
done

# package_of FILE: dpkg may know a file by the place that it had before Debian
# put /lib below /usr.
package_of() {
  { dpkg-query -S "$1" || dpkg-query -S "${1#/usr}"; } 2>/dev/null |
    cut -d: -f1
}

# The libraries under the names by which they are asked for, with their licenses
# and, for scanners of images, what package of Debian's each one is from. Names
# are resolved by glibc itself, from files and by DNS.
ldd "$@" | grep -o '/[^ ]*' | grep -v ':$' | sort -u | while read -r library; do
  place=$root/usr/${library#/usr/}
  mkdir -p "$(dirname "$place")"
  cp -L "$library" "$place"
  package=$(package_of "$(readlink -f "$library")")
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
done

cp -L /etc/os-release "$root/etc/"
# For containers that are told their user by its name.
echo 'wriftai:x:65532:65532::/:/sbin/nologin' >"$root/etc/passwd"
echo 'wriftai:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
