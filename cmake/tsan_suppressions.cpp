// Linked into every test program of the tsan preset.
//
// Asio's post() from another thread signals the event loop's condition variable after it has let go of the mutex. The
// loop may have run that completion by then; when it was the last one and the loop is destroyed at once, the signal
// meets a condition variable that is gone. The programs keep their loops until the threads that post to them have been
// joined (app::Server, cli::run_to_end); testing::run_async destroys its loop while the pool of the fixture lives on.
// Only that is left out here. It needs llvm-symbolizer to know the name; tools/run_tests.py says where it is.
extern "C" const char* __tsan_default_suppressions(); // NOLINT(bugprone-reserved-identifier): ThreadSanitizer's name
extern "C" const char* __tsan_default_suppressions() { return "race:^boost::asio::detail::scheduler::~scheduler\n"; }
