#!/bin/sh
# Notes the push options and guards protected branches; the stand-in says in the environment which ones.
number=0
: > "$GITLAB_OPTIONS"
while [ "$number" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
  eval "printf '%s\\n' \"\$GIT_PUSH_OPTION_$number\"" >> "$GITLAB_OPTIONS"
  number=$((number + 1))
done
zero=0000000000000000000000000000000000000000
while read -r old new ref; do
  branch=${ref#refs/heads/}
  if [ "$new" = "$zero" ] && [ "$branch" = "$GITLAB_DEFAULT" ]; then
    echo "GitLab: The default branch of a project cannot be deleted." >&2
    exit 1
  fi
  printf '%s\n' "$GITLAB_PROTECTED" | while read -r name; do
    [ "$ref" = "refs/heads/$name" ] || continue
    if [ "$new" = "$zero" ]; then
      echo "GitLab: You can only delete protected branches using the web interface." >&2
    else
      echo "GitLab: You are not allowed to push code to protected branches on this project." >&2
    fi
    exit 1
  done || exit 1
done
exit 0
