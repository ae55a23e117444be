// OpenCV's side of `peerslam bench orb` and `peerslam bench hamming`: one thread, CPU milliseconds a call on standard output.
//   opencv orb GREY WIDTH HEIGHT FEATURES CALLS
//   opencv hamming A B CALLS
// GREY holds 8-bit pixels, A and B 32 bytes a descriptor.

#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <opencv2/features2d.hpp>

static std::vector<unsigned char> bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

static double cpuMs() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * now.tv_sec + 1e-6 * now.tv_nsec;
}

template <typename Call>
static void measure(int calls, Call call) {
  call();
  const double start = cpuMs();
  for (int i = 0; i < calls; i++) call();
  std::cout << (cpuMs() - start) / calls << "\n";
}

static cv::Mat descriptors(std::vector<unsigned char>& bytes) {
  return cv::Mat(static_cast<int>(bytes.size() / 32), 32, CV_8U, bytes.data());
}

int main(int count, char** arguments) {
  const std::vector<std::string> args(arguments + 1, arguments + count);
  cv::setNumThreads(1);
  if (args.size() == 6 && args[0] == "orb") {
    auto pixels = bytesOf(args[1]);
    const cv::Mat image(std::stoi(args[3]), std::stoi(args[2]), CV_8U, pixels.data());
    const auto orb = cv::ORB::create(std::stoi(args[4]), 1.2f, 8);
    measure(std::stoi(args[5]), [&] {
      std::vector<cv::KeyPoint> keypoints;
      cv::Mat found;
      orb->detectAndCompute(image, cv::noArray(), keypoints, found);
    });
    return 0;
  }
  if (args.size() == 4 && args[0] == "hamming") {
    auto a = bytesOf(args[1]), b = bytesOf(args[2]);
    const cv::BFMatcher matcher(cv::NORM_HAMMING);
    measure(std::stoi(args[3]), [&] {
      std::vector<std::vector<cv::DMatch>> matches;
      matcher.knnMatch(descriptors(a), descriptors(b), matches, 2);
    });
    return 0;
  }
  return 2;
}
