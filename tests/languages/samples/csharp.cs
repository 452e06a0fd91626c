// Reads orders.
using System;
using System.Linq;

namespace Store
{
    /// <summary>One order.</summary>
    public class Order : IPriced
    {
        private const int Limit = 10; /* orders a page */

        public Order()
        {
            Mark = 'x';
        }

        public char Mark { get; set; }

        public string Total(double rate)
        {
            if (rate > 0)
            {
                return $"{rate} of {Mark}";
            }
            Func<int, int> each = x =>
            {
                return x;
            };
            return @"C:\none" + "text";
        }
    }

    interface IPriced
    {
        string Total(double rate);
    }

    enum Kind { Paid, Open }

    struct Point
    {
        public int X;
    }

    record Pair(int A, int B);
}
