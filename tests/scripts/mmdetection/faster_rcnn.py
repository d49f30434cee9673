model = dict(type='FasterRCNN')
