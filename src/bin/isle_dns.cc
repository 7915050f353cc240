// isle-dns: names of containers. isle-monitor starts it with the socket it is to listen on as
// descriptor 3; it goes on by itself, as nobody, since all that is asked comes from containers.
#include <grp.h>
#include <unistd.h>

#include "network/dns_server.h"

namespace {
constexpr int kListener = 3;
constexpr unsigned kNobody = 65534;
}  // namespace

int main() {
  const pid_t child = fork();
  if (child != 0) return child > 0 ? 0 : 1;
  if (chdir("/") != 0) return 1;
  const bool nobody =
      geteuid() != 0 || (setgroups(0, nullptr) == 0 && setresgid(kNobody, kNobody, kNobody) == 0 &&
                         setresuid(kNobody, kNobody, kNobody) == 0);
  if (!nobody) return 1;
  return isle::network::run_name_server(isle::kernel::UniqueFd(kListener));
}
