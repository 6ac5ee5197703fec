#include "app/serve_command.hpp"

int main(int argc, char** argv) { return cang::cli::run(argc, argv, {cang::app::serve_command()}); }
