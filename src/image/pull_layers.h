#pragma once
// The layers of one pull: up to four at a time are fetched, checked and unpacked, by one thread
// that waits for all of them at once. A layer that another process has in work is waited for.

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/fetcher.h"
#include "image/layer/layer_store.h"
#include "image/pull.h"
#include "image/store.h"

namespace isle::image {

// The result: what a person should know. After an error nothing of the pull runs any more.
Result<std::vector<std::string>> pull_layers(
    const Store& store,
    Fetcher& fetcher,
    const std::vector<LayerAddition::Request>& layers,
    const std::function<void(const LayerProgress&)>& progress);

}  // namespace isle::image
