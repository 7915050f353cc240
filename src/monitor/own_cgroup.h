#pragma once
// A monitor that stays belongs to no session and no service: it must not be killed, frozen or
// charged with them. It therefore leaves its starter's cgroups for one that all monitors share,
// in those hierarchies where the starter's is not the root; where it is there is nothing to leave.
//
// A join costs 0.05 ms per hierarchy and sometimes much more, so that a container which ends at
// once never pays it (Duties::settle). An ordinary user's lies below the group that was delegated
// (kernel/cgroup/delegation.h); what is not permitted is passed over.

#include <string>
#include <vector>

namespace isle::monitor {

class OwnCgroup {
 public:
  OwnCgroup() = default;
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;
  // Goes to the group above, or back where that may hold no processes; the last monitor removes
  // what was shared.
  ~OwnCgroup();
  void join();

 private:
  struct Place {
    std::string directory, before;
  };
  std::vector<Place> joined_;
};

// What a monitor that was killed left, if no other uses it.
void remove_left_cgroups();

}  // namespace isle::monitor
