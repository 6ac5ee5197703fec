#include "operation/queue.hpp"

#include <gtest/gtest.h>

namespace cang::operation {
namespace {

using Ids = std::vector<std::string>;

TEST(Queue, StartsWhatNeedsNothingAtOnce) {
    Queue queue;
    queue.add({.id = "a", .type = "copy"});
    queue.add({.id = "b", .type = "copy"});
    EXPECT_EQ(queue.take(), (Ids{"a", "b"}));
    EXPECT_EQ(queue.take(), Ids{});
}

TEST(Queue, GivesAResourceToOneAtATimeInOrder) {
    Queue queue;
    for (std::string id : {"a", "b", "c"})
        queue.add({.id = id, .type = "copy", .resources = {"host"}});
    EXPECT_EQ(queue.take(), Ids{"a"});
    queue.release("a");
    EXPECT_EQ(queue.take(), Ids{"b"});
    EXPECT_TRUE(queue.remove("c"));
    EXPECT_FALSE(queue.remove("c"));
    EXPECT_FALSE(queue.remove("b")) << "it does not wait any more";
    queue.release("b");
    EXPECT_EQ(queue.take(), Ids{});
}

// "b" waits for x and y; "c" wants y, which is free, and must not overtake.
TEST(Queue, LetsNobodyOvertakeForAResource) {
    Queue queue;
    queue.add({.id = "a", .type = "copy", .resources = {"x"}});
    queue.add({.id = "b", .type = "copy", .resources = {"x", "y"}});
    queue.add({.id = "c", .type = "copy", .resources = {"y"}});
    queue.add({.id = "d", .type = "copy", .resources = {"z"}});
    EXPECT_EQ(queue.take(), (Ids{"a", "d"}));
    queue.release("a");
    EXPECT_EQ(queue.take(), Ids{"b"});
    queue.release("b");
    EXPECT_EQ(queue.take(), Ids{"c"});
}

TEST(Queue, DoesNotDeadlockOnResourcesInOppositeOrder) {
    Queue queue;
    queue.add({.id = "a", .type = "copy", .resources = {"x", "y"}});
    queue.add({.id = "b", .type = "copy", .resources = {"y", "x"}});
    EXPECT_EQ(queue.take(), Ids{"a"});
    queue.release("a");
    EXPECT_EQ(queue.take(), Ids{"b"});
}

TEST(Queue, LimitsEachTypeByItself) {
    Queue queue;
    for (std::string id : {"a", "b", "c"})
        queue.add({.id = id, .type = "copy", .concurrency = 2});
    queue.add({.id = "d", .type = "registry.gc", .concurrency = 1});
    EXPECT_EQ(queue.take(), (Ids{"a", "b", "d"}));
    EXPECT_EQ(queue.waiting(), 1u);
    queue.release("d");
    EXPECT_EQ(queue.take(), Ids{});
    queue.release("b");
    EXPECT_EQ(queue.take(), Ids{"c"});
}

} // namespace
} // namespace cang::operation
