# Reads orders.
require "json"
require_relative "order"

=begin
All of the store.
=end

module Store
  LIMIT = 10

  class Order < Base
    attr_reader :price

    def initialize(price)
      @price = price
    end

    def self.open
      new(0)
    end

    def total(rate)
      if rate > 0
        return @price * rate
      end
      "#{@price} of #{rate}" + 'none'
    end
  end

  def load(path)
    File.readlines(path).each do |line|
      puts line
    end
    text = <<~TEXT
      all of it
    TEXT
    text
  end
end
