// The one translation unit with Beast's implementation (separate compilation).
#include <boost/beast/src.hpp>
