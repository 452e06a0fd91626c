<?php
// Reads orders.
namespace Store;

use App\Base;
require_once 'order.php';

const LIMIT = 10; /* orders a page */

# One order.
class Order extends Base
{
    private float $price = 0.0;

    public function total(float $rate): string
    {
        if ($rate > 0) {
            return "{$this->price} of $rate";
        }
        return 'none';
    }
}

interface Priced
{
    public function total(float $rate): string;
}

trait Named
{
    public function name(): string
    {
        return "name";
    }
}

enum Kind
{
    case Paid;
}

function load(string $path): array
{
    $parse = function (string $line) {
        return $line;
    };
    $text = <<<TEXT
    all of it
    TEXT;
    return array_map($parse, file($path));
}
