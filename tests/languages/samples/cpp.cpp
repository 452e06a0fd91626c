// Reads orders.
#include <string>
#include <vector>
using namespace std;

#define LIMIT 10 /* orders a page */

namespace store {

enum class Kind { Paid, Open };

struct Priced {
    double price = 0;
};

template <typename T>
class Order : public Priced {
  public:
    Order() {
        mark = 'x';
    }

    T total(T rate) const {
        if (rate > 0) {
            return price * rate;
        }
        return 0;
    }

  private:
    char mark;
};

double Priced_total(const Priced &order) {
    auto each = [](double value) {
        return value;
    };
    return each(order.price);
}

string Loader::load(const string &path) {
    return path + "text" + R"(raw "text")";
}

}  // namespace store
