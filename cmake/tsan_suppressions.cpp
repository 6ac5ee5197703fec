// Linked into every test program of the tsan preset.
//
// Asio's post() from another thread signals the event loop's condition variable after it has let go of the mutex. A
// test whose loop ends with that very completion destroys the condition variable while the pool's thread is still in
// the signal call, which glibc waits for and ThreadSanitizer does not see.
extern "C" const char* __tsan_default_suppressions(); // NOLINT(bugprone-reserved-identifier): ThreadSanitizer's name
extern "C" const char* __tsan_default_suppressions() { return "race:^boost::asio::detail::scheduler::~scheduler\n"; }
